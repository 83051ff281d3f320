"""Scripts that make the models in ``monitor/annotate/models``, from labelled data beside the checkout."""
