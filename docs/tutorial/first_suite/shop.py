"""A shop: takes orders over HTTP, announces on Kafka what it ships."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from confluent_kafka import Producer

kafka = Producer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]})
orders = {}


def ship(number):
    event = {"type": "OrderShipped", "amount": orders[number]["amount"]}
    kafka.produce("orders.events", json.dumps(event), key=number)
    kafka.flush(5)


class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        _, _, *words = self.path.split("/")
        if not words:
            number = str(len(orders) + 1)
            orders[number] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if orders[number]["amount"] <= 1000:
                ship(number)
        else:
            number = words[0]
            ship(number)
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"id": number}).encode())


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
