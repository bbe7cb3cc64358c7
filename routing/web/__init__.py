"""What our public HTTP APIs share: who may ask and how often, which pages read answers, how refusals look.

``skeleton`` makes an application of it, ``limits`` counts requests of an address; ``track`` and ``pops`` stand on them.
"""
