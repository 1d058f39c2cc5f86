"""Chance that gives the same values on every Python: only `random.Random.random()` is promised to keep its sequence."""
import random


class Dice:
    def __init__(self, seed):
        self._next = random.Random(seed).random

    def below(self, n):
        return int(self._next() * n)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, p):
        return self._next() < p

    def pick(self, items):
        return items[self.below(len(items))]

    def hexa(self, digits):
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(digits))

    def bits(self, n):
        return bytes(self.below(256) for _ in range(n))

    def uuid(self):
        return f"{self.hexa(8)}-{self.hexa(4)}-4{self.hexa(3)}-{self.pick('89ab')}{self.hexa(3)}-{self.hexa(12)}"

    def serial(self, plant):
        """Serial number as on chassis labels: plant, two digits of year, two of week, four characters."""
        tail = "".join(self.pick("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(4))
        return f"{plant}{self.between(21, 27)}{self.between(10, 52)}{tail}"

    def mac(self):
        return f"{self.pick(['70d3', '7488', '5c5a', 'a0f8', '04bd', 'f4db', '0c75', 'bc26'])}.{self.hexa(4)}.{self.hexa(4)}"
