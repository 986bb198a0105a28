wrk.method = "POST"
wrk.path = "/test-prediction"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"timestamp": 12345, "relativePitch": -10.5}'
