"""Parts that every page is made of. Only here, in pages/ and in app.py is Streamlit imported."""
