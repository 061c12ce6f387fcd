"""Understanding what people say and what pictures show."""
