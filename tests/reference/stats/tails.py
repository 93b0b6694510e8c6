"""Upper tails of distributions with 60 digits: python3 tails.py > tails.csv"""
import mpmath
from mpmath import mp, mpf

mp.dps = 60


def normal(z):
    return mpmath.erfc(mpf(z) / mpmath.sqrt(2)) / 2


def chi_squared(x, degrees):
    return mpmath.gammainc(mpf(degrees) / 2, mpf(x) / 2, mpmath.inf, regularized=True)


def fisher_f(f, above, below):
    f, above, below = mpf(f), mpf(above), mpf(below)
    return mpmath.betainc(below / 2, above / 2, 0, below / (below + above * f), regularized=True)


def student_t(t, degrees):
    beyond = fisher_f(mpf(t) ** 2, 1, degrees) / 2
    return beyond if t >= 0 else 1 - beyond


def kolmogorov(x):
    x = mpf(x)
    if x < mpf(1) / 4:  # the other series of the same function: the first one's terms fall too slowly
        return 1 - mpmath.sqrt(2 * mpmath.pi) / x * mpmath.nsum(
            lambda k: mpmath.exp(-((2 * k - 1) ** 2) * mpmath.pi**2 / (8 * x * x)), [1, 30])
    return 2 * mpmath.fsum((-1) ** (k - 1) * mpmath.exp(-2 * k * k * x * x) for k in range(1, 60))


cases = {
    normal: [(z,) for z in (-40, -8.5, -2, -1e-3, 0, 1e-9, 0.3, 1, 1.96, 5, 9.99, 10, 12, 30, 37.5, 38.6, 60, 1e3, 1e5)],
    chi_squared: [(1e-8, 1), (0.5, 1), (3.84, 1), (30, 1), (1400, 1), (1e5, 1), (0.1, 2), (9, 2), (2, 3), (7.5, 3),
                  (11, 10), (60, 10), (2000, 10), (99, 100), (130, 100), (400, 100), (5000, 100), (9950, 1e4),
                  (1e4, 1e4), (10300, 1e4), (16000, 1e4), (4296000, 4300000), (4300001, 4300000), (4310000, 4300000),
                  (4500000, 4300000), (6000000, 4300000), (0.01, 0.5), (3, 7.25)],
    student_t: [(-3, 5), (-0.5, 1), (0, 3), (1e-6, 4), (1, 1), (12.7, 1), (1e6, 1), (1e100, 3), (2, 2.5), (4.5, 7.3), (1.7, 30), (25, 30),
                (200, 200), (0.7, 1e4), (1.96, 1e4), (1.5, 1e7), (5, 1e7), (37, 1e7), (60, 1e7)],
    fisher_f: [(0.1, 1, 5), (4, 1, 30), (1e5, 1, 30), (0.8, 3, 12), (3.5, 3, 12), (50, 3, 12), (1.2, 40, 60),
               (20, 40, 60), (1.01, 1e4, 1e4), (2, 1e4, 1e4), (3.84, 1, 1e7), (900, 1, 1e7), (2.5, 0.5, 0.5)],
    kolmogorov: [(x,) for x in (0.2, 0.4, 0.7, 0.999, 1, 1.001, 1.3581, 2, 5, 15, 18.8, 40, 300)],
}

print("test,case,quantity,value,tool,version")
for distribution, examples in cases.items():
    for example in examples:
        p = distribution(*example)
        text = " ".join(repr(float(x)) for x in example)
        for quantity, value in (("p", p), ("log_p", mpmath.log(p))):
            shown = mpmath.nstr(value, 20) if quantity == "log_p" or value > mpf("2.3e-308") else "0"
            print(f"{distribution.__name__},{text},{quantity},{shown},mpmath,{mpmath.__version__}")
