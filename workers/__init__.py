"""The shell: verbs in the order of the flow. Only here transactions open and commit."""
