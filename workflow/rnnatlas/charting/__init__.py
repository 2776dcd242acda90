"""Charting the space of solutions: which solutions appear by themselves among networks that are trained alike?"""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"reduced": ".", "two_neuron": "."})
