"""An Interaction becomes an Annotation: one file per family of facts."""
