"""How long a firmware that has succeeded must go on without a fault."""

SETTLING_S = 0.01  # virtual seconds: ten ticks of a usual RTOS
