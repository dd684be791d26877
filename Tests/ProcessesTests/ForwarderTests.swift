import Foundation
import RedisClient
import TestSupport
import Testing

@testable import Processes

/// A way from one socket to another, with a listener at its end.
@Suite("Forwarding")
struct ForwarderTests {
    /// The two ends of a connection that goes by way of a forwarder.
    private struct Ends {
        let instance: Int32
        let server: Int32

        /// All that has arrived at an end.
        static func received(at socket: Int32) -> String {
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_PEEK))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }

        static func send(_ text: String, on socket: Int32) {
            #expect(Foundation.send(socket, text, text.utf8.count, Socket.sendFlags) == text.utf8.count)
        }
    }

    private func withConnection(_ body: (_ forwarder: Forwarder, _ ends: Ends) async throws -> Void) async throws {
        let (listener, port) = try Socket.listenOnFreePort()
        defer { close(listener) }
        let forwarder = try Forwarder { Socket.connect(to: .tcp(host: "127.0.0.1", port: Int(port))) }
        let way = try await forwarder.addRouteByPort("way")
        let instance = try #require(Socket.connect(to: .tcp(host: "127.0.0.1", port: Int(way))))
        defer { close(instance) }
        var server: Int32 = -1
        try await eventually("the forwarder connects") {
            server = accept(listener, nil, nil)
            return server >= 0
        }
        defer { close(server) }
        Socket.prepare(server)
        try await body(forwarder, Ends(instance: instance, server: server))
        await forwarder.stop()
    }

    @Test(
        "What stands still in one direction passes in the other, and arrives when it goes on",
        arguments: [Forwarder.Stall.toServer, .toInstance, .both])
    func stalls(_ stall: Forwarder.Stall) async throws {
        try await withConnection { forwarder, ends in
            await forwarder.stall("way", stall)
            Ends.send("request", on: ends.instance)
            Ends.send("answer", on: ends.server)
            // What passes has arrived; for what does not there is nothing to wait for but the other's turn.
            if stall != .both {
                try await eventually("one direction passes") {
                    !Ends.received(at: ends.server).isEmpty || !Ends.received(at: ends.instance).isEmpty
                }
            }
            #expect(Ends.received(at: ends.server) == (stall == .toInstance ? "request" : ""))
            #expect(Ends.received(at: ends.instance) == (stall == .toServer ? "answer" : ""))
            await forwarder.stall("way", nil)
            try await eventually("both have arrived") {
                Ends.received(at: ends.server) == "request" && Ends.received(at: ends.instance) == "answer"
            }
        }
    }
}
