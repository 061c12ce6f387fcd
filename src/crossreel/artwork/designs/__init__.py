"""The pictures on posters: flat shapes in four colors, one idea each.

A design is a function of a ``Canvas``; it draws its bright shapes inside the canvas's room and may
fill the rest with ground and deep. What varies inside a design comes from the canvas's dice.
"""
