"""A sample Flask application."""
import time

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.route("/")
def home():
    return "Notes\n"


@app.route("/api/echo", methods=["GET", "POST"])
def echo():
    return jsonify(method=request.method, path=request.path, host=request.host, scheme=request.scheme, body=len(request.get_data()))


@app.route("/api/slow")
def slow():
    time.sleep(2)
    return "done\n"
