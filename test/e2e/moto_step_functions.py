"""moto's server, able to start more than one execution: it deep-copies the state machine, whose lock cannot be copied."""

import copy
import sys

from moto.server import main
from moto.stepfunctions.models import StateMachine

StateMachine.__deepcopy__ = lambda self, memo: copy.copy(self)

main(sys.argv[1:])
