"""A verdict on a clip, with the Python client.

python check.py CLIP [URL]      LIVENESS_KEY is your API key, where the service has keys
"""

import os
import sys

from service.client import ClipRejected, ConnectionLost, LivenessClient, ServiceRefused, Unavailable


def main(clip: str, url: str = "http://127.0.0.1:8000") -> int:
    with LivenessClient(url, api_key=os.environ.get("LIVENESS_KEY")) as client:
        try:
            verdict = client.check(clip)
        except ClipRejected as error:
            print(f"this film gets no verdict, send another one: {error.code}, {error.message}")
            return 2
        except (Unavailable, ConnectionLost) as error:
            print(f"not now, come again: {error}")
            return 3
        except ServiceRefused as error:
            print(f"ask otherwise: {error.code}, {error.message} (request {error.request_id})")
            return 2
    if verdict.decision == "undecided":
        print(f"undecided: {', '.join(verdict.reasons)}; offer this person another way")
    else:
        print(f"{verdict.decision}, score {verdict.score:.3f} against {verdict.threshold:.3f}")
    return 0 if verdict.is_bona_fide else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
