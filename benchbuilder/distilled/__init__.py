"""The local annotator: seven logistic regressions distilled from labels of language models."""
