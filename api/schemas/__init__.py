"""What goes over the wire: every body, query and answer as pydantic models, one file a resource."""
