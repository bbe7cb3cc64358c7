"""The tables of the journal's database, as the product declares them."""

from routing.callbacks.schema import metadata as callbacks
from routing.desk.schema import metadata as desk
from routing.journal.exports_schema import metadata as exports
from routing.journal.figures_schema import metadata as figures
from routing.journal.floods_schema import metadata as floods
from routing.journal.schema import metadata as journal

TABLES = [journal, callbacks, desk, figures, exports, floods]
