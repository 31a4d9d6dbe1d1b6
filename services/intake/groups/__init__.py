"""Business groups (KUBE): who belongs to them, from when to when, and who leads them."""
