"""``python -m drawings`` writes every picture of the documents anew."""

from drawings.pictures import PICTURES, write_pictures

if __name__ == "__main__":
    write_pictures()
    print(f"{len(PICTURES)} pictures are as the code says.")  # noqa: T201
