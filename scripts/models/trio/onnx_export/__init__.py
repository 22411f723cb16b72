"""PyTorch to ONNX, in the layout of the Hub's ONNX repositories."""
