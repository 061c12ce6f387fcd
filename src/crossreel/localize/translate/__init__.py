"""Translation of subtitles and texts: engines, sentences across cues, terms, memory, quality.

::

    engine = Apertium()
    result = translate_document(document, Job(source, target, engine, memory=memory, terms=terms))
    for line in result.worst_first(): ...
"""
