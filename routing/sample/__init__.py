"""A month of calls for a first look: the schemes' own calls on the offline switch, written into a journal.

``traffic`` says who calls when, ``staff`` how phones behave, ``month`` runs the calls of each day on one virtual clock,
``recorded`` makes a call record of a call's events. All of it is random by a seed: the same month every time.
"""
