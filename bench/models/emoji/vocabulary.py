"""The words of the captions: what each noun is drawn by, and what each colour word means."""

ANIMALS = {
    "cat": "cat2", "dog": "dog2", "horse": "racehorse", "monkey": "monkey", "rabbit": "rabbit2",
    "zebra": "zebra_face", "spider": "spider", "bird": "bird", "sheep": "sheep", "deer": "deer",
    "cow": "cow2", "goat": "goat", "lion": "lion_face", "tiger": "tiger2", "bear": "bear",
    "raccoon": "raccoon", "fox": "fox_face", "wolf": "wolf", "lizard": "lizard", "beetle": "beetle",
    "ant": "ant", "butterfly": "butterfly", "fish": "fish", "shark": "shark", "whale": "whale",
    "dolphin": "dolphin", "squirrel": "chipmunk", "mouse": "mouse2", "rat": "rat", "snake": "snake",
    "turtle": "turtle", "frog": "frog", "chicken": "chicken", "duck": "duck", "goose": "goose",
    "bee": "bee", "pig": "pig2", "turkey": "turkey", "fly": "fly", "llama": "llama",
    "camel": "camel", "bat": "bat", "gorilla": "gorilla", "hedgehog": "hedgehog", "kangaroo": "kangaroo",
}  # fmt: skip
"""The 45 simple animals of the literature and the short names of their emoji."""

OTHERS = {
    "owl": "owl", "penguin": "penguin", "elephant": "elephant", "octopus": "octopus", "crab": "crab",
    "snail": "snail", "flamingo": "flamingo", "apple": "apple", "banana": "banana",
    "strawberry": "strawberry", "pizza": "pizza", "hamburger": "hamburger", "car": "car",
    "rocket": "rocket", "rose": "rose", "sunflower": "sunflower", "house": "house", "guitar": "guitar",
    "umbrella": "umbrella", "crown": "crown", "tree": "deciduous_tree",
}  # fmt: skip

EMOJI = {**ANIMALS, **OTHERS}
NOUNS = list(EMOJI)

RGB = {
    "red": (214, 48, 49), "orange": (240, 140, 40), "yellow": (250, 215, 70), "green": (60, 170, 90),
    "blue": (60, 110, 220), "purple": (140, 80, 190), "pink": (245, 150, 190), "brown": (130, 85, 50),
    "white": (250, 250, 250), "black": (25, 25, 28), "gray": (135, 135, 140),
}  # fmt: skip
COLORS = list(RGB)
