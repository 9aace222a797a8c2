"""The registers that the ADCs of F3, L4, G4 and H7 have alike (RM0440, 21; RM0433, 25)."""

from __future__ import annotations

from simgate.peripheral.register_block import Register

ISR, IER, CR, CFGR, CFGR2, SMPR1, SMPR2 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
SQR1, SQR2, SQR3, SQR4, DR, JSQR, OFR1 = 0x30, 0x34, 0x38, 0x3C, 0x40, 0x4C, 0x60
JDR1, AWD2CR, AWD3CR = 0x80, 0xA0, 0xA4

# ISR and IER
ADRDY, EOSMP, EOC, EOS, OVR, JEOC, JEOS = (1 << bit for bit in range(7))
AWD1, AWD2, AWD3, JQOVF = 1 << 7, 1 << 8, 1 << 9, 1 << 10
# CR
ADEN, ADDIS, ADSTART, JADSTART, ADSTP, JADSTP = (1 << bit for bit in range(6))
ADVREGEN, DEEPPWD, ADCALDIF, ADCAL = 1 << 28, 1 << 29, 1 << 30, 1 << 31
# CFGR
OVRMOD, CONT, AUTDLY, DISCEN, JDISCEN = 1 << 12, 1 << 13, 1 << 14, 1 << 16, 1 << 20
AWD1SGL, AWD1EN, JAWD1EN, JAUTO, JQDIS = 1 << 22, 1 << 23, 1 << 24, 1 << 25, 1 << 31
# CFGR2
ROVSE, JOVSE, TROVS = 1 << 0, 1 << 1, 1 << 9


def shared_registers() -> tuple[Register, ...]:
    """Those that are the same in both generations."""
    return (
        Register(ISR, "ISR", 0, 0),
        Register(IER, "IER", 0, 0x7FF),
        Register(CR, "CR", DEEPPWD, 0),
        Register(SMPR1, "SMPR1", 0, 0x3FFFFFFF),
        Register(SQR1, "SQR1", 0, 0x1F7DF7CF),
        Register(SQR2, "SQR2", 0, 0x1F7DF7DF),
        Register(SQR3, "SQR3", 0, 0x1F7DF7DF),
        Register(SQR4, "SQR4", 0, 0x7DF),
        Register(DR, "DR", 0, 0),
        *(Register(JDR1 + 4 * rank, f"JDR{rank + 1}", 0, 0) for rank in range(4)),
    )
