"""The three services and the operators' command line. Services never import each other."""
