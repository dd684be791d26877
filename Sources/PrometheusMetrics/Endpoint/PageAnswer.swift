/// The answer to a request. The server closes the connection after it.
struct PageAnswer: Sendable {
    let status: String
    /// An additional header field with its line end, or empty.
    let field: String
    let contentType: String
    let body: String

    /// - Parameter page: called only for `GET /metrics`.
    init(to outcome: RequestHead.Outcome, page: () -> String) {
        switch outcome {
        case .complete("GET", "/metrics"):
            self.init(status: "200 OK", contentType: "text/plain; version=0.0.4; charset=utf-8", body: page())
        case .complete(_, "/metrics"): self.init(status: "405 Method Not Allowed", field: "Allow: GET\r\n")
        case .complete: self.init(status: "404 Not Found")
        case .malformed: self.init(status: "400 Bad Request")
        case .tooLarge: self.init(status: "431 Request Header Fields Too Large")
        // The request was incomplete when its time had passed.
        case .incomplete: self.init(status: "408 Request Timeout")
        }
    }

    private init(
        status: String, field: String = "", contentType: String = "text/plain; charset=utf-8", body: String? = nil
    ) {
        self.status = status
        self.field = field
        self.contentType = contentType
        self.body = body ?? status + "\n"
    }

    var bytes: [UInt8] {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: \(contentType)\r\nContent-Length: \(body.utf8.count)\r\n"
        return Array(head.utf8) + Array("\(field)Connection: close\r\n\r\n".utf8) + Array(body.utf8)
    }
}
