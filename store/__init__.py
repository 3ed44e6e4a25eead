"""What the API and the worker share: settings, tables and the verbs on them."""
