"""A slow line between browser and product: `SCENARIOS_LINE=slow` runs every scenario over it.

Each answer comes late and in two halves, by chance. A scenario that reads a page before it is there, which a quick machine
forgives and a busy one does not, fails here.
"""

from __future__ import annotations

import asyncio
import random
import threading

LATE, HALF = 0.15, 0.5  # seconds, at most


class SlowLine:
    """Listens on `port` of the loopback and passes everything on to `to`, on a thread that ends with the process."""

    def __init__(self, port: int, to: int) -> None:
        self.to, listening = to, threading.Event()
        self.chance = random.Random(port)
        threading.Thread(target=lambda: asyncio.run(self._listen(port, listening)), daemon=True).start()
        assert listening.wait(10), f"port {port} is taken"

    async def _listen(self, port: int, listening: threading.Event) -> None:
        server = await asyncio.start_server(self._meet, "127.0.0.1", port)
        listening.set()
        await server.serve_forever()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            near, far = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:  # the product is not running: so the line is dead too
            writer.close()
            return
        await asyncio.gather(self._pass(reader, far, slowly=False), self._pass(near, writer, slowly=True))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slowly: bool) -> None:
        try:
            while piece := await reader.read(65536):
                if slowly:
                    await asyncio.sleep(self.chance.random() * LATE)
                    half = len(piece) // 2
                    writer.write(piece[:half])
                    await writer.drain()
                    await asyncio.sleep(self.chance.random() * HALF if len(piece) > 1024 else 0)
                    piece = piece[half:]
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
