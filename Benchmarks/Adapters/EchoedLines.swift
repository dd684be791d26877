import Foundation
import Subprocess
import SystemPackage

/// A program that sends back each line that it is sent.
struct EchoedLines {
    let command: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// As long as a request and its answer are on average.
    private static let line = Array(
        (#"{"id":12345,"t0":123456789012345,"t1":123456789012399,"ok":{"value":null}}"# + "\n").utf8)

    /// Seconds until so many lines have come back, of which some are under way at any time.
    func time(for count: Int, open: Int) async throws -> Double {
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", command], input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            // The first line has come back when the program has started.
            let writer = execution.standardInputWriter
            _ = try await writer.write(Self.line)
            var start: ContinuousClock.Instant?
            var returned = 0
            var sent = 0
            for try await buffer in execution.standardOutput {
                let arrived = buffer.withUnsafeBytes { $0.count { $0 == 10 } }
                if start == nil {
                    start = .now
                    sent = open
                    _ = try await writer.write(Array(repeatElement(Self.line, count: open).joined()))
                    continue
                }
                returned += arrived
                if returned >= count { break }
                let next = min(arrived, count - sent)
                if next > 0 {
                    sent += next
                    _ = try await writer.write(Array(repeatElement(Self.line, count: next).joined()))
                }
            }
            guard let start, returned >= count else {
                throw Failure(description: "\(returned) of \(count) lines came back")
            }
            let time = start.duration(to: .now) / .seconds(1)
            try await writer.finish()
            return time
        }
        return result.closureResult
    }
}
