import AdapterProtocol
import Foundation
import Gates
import History
import Processes
import Support

/// One instance of the cache under test behind gates: its process, its connections, and what it has said.
final class GatedInstance {
    let number: Int
    let process: GatedProcess
    let listener: Int32
    let port: UInt16
    var connections: [GatedConnection] = []
    var splitter: LineSplitter
    var watch: QuiescenceWatch?
    /// The last task that was given something here.
    var lastTask: String
    var lastRequest: Int64 = 0
    var openAsks: Set<Int64> = []
    var description: AdapterDescription?
    private(set) var standardError: [UInt8] = []
    /// How many lines it has said, counted for errors.
    var lines: Int { splitter.count }
    /// Connections that it had after its first reset.
    var usualConnections: Int?
    static let mostConnections = 256
    private static let mostErrorBytes = 2_000

    init(number: Int, process: GatedProcess, listener: Int32, port: UInt16, longestLine: Int) {
        self.number = number
        self.process = process
        self.listener = listener
        self.port = port
        splitter = LineSplitter(longest: longestLine)
        lastTask = "\(number)"
    }

    func nextRequest() -> Int64 {
        lastRequest += 1
        return lastRequest
    }

    func noteErrors(_ bytes: [UInt8]) {
        standardError += bytes
        let excess = standardError.count - Self.mostErrorBytes
        if excess > 0 { standardError.removeFirst(excess) }
    }

    /// - Parameter line: to blame, counted from 1.
    func fault(_ reason: AdapterError.Reason, line: Int? = nil, excerpt: [UInt8]? = nil) -> GatedError {
        var error = AdapterError(ofCache: number, reason)
        error.who = "adapter"
        error.line = line
        error.excerpt = excerpt.map { String(decoding: $0.prefix(200), as: UTF8.self).printable }
        let tail = String(decoding: standardError, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        error.standardError = tail.isEmpty ? nil : tail.printable
        return .adapter(error)
    }

    func end() {
        for connection in connections { connection.close() }
        connections = []
        close(listener)
        process.end()
    }
}
