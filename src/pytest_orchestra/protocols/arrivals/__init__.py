"""Messages by the place they arrived at, and watches that their arrival wakes.

A reader of a stream adds what it reads; nothing here knows which stream that is.
"""

from pytest_orchestra.protocols.arrivals.patience import Patience
from pytest_orchestra.protocols.arrivals.place import Arrival, Place
from pytest_orchestra.protocols.arrivals.selection import Selection
from pytest_orchestra.protocols.arrivals.tasks import end
from pytest_orchestra.protocols.arrivals.watch import ArrivalWatch, Mark

__all__ = ["Arrival", "ArrivalWatch", "Mark", "Patience", "Place", "Selection", "end"]
