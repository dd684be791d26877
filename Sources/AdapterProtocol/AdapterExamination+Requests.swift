import History

/// What the steps of an examination ask, and what answers are right.
extension AdapterExamination {
    func read(_ key: String, worker: Int = 0) async throws -> AdapterResult.Found {
        guard let found = try await ok(.read, worker: worker, { $0.key = key }).value else {
            throw Wrong(
                text: "the answer to a read has neither \"value\" nor \"miss\"",
                advice: "Answer {\"value\":TEXT}, {\"value\":null} if nothing exists, or {\"miss\":true}")
        }
        return found
    }

    func readMany() async throws {
        let (keys, origin) = (["first", "nothing", "second"].map { "examined:several \($0)" }, origin)
        for key in [keys[0], keys[2]] { origin.seed(key, "value of \(key)") }
        for turn in ["first", "second"] {
            guard let findings = try await ok(.readMany, { $0.keys = keys }).findings else {
                throw Wrong(
                    text: "the answer to a read of several keys has no \"values\"",
                    advice: "Answer {\"values\":[…]} with a text for each key, in their order, or null")
            }
            guard findings.count == keys.count else {
                throw Wrong(
                    text: "the \(turn) read of \(keys.count) keys returned \(findings.count) values",
                    advice: "Answer one for each key, in their order")
            }
            let expected: [AdapterResult.Found] = [
                .value("value of \(keys[0])"), .nothing, .value("value of \(keys[2])"),
            ]
            guard findings.map(\.found) == expected else {
                throw Wrong(
                    text: "the \(turn) read of several keys returned other values than theirs, or in another order",
                    advice: "Answer one for each key, in their order, and null for a key that does not exist")
            }
        }
    }

    func expect(_ value: String, _ key: String, _ what: String, worker: Int = 0) async throws {
        let found = try await read(key, worker: worker)
        guard found != .value(value) else { return }
        let text =
            switch found {
            case .value(let other): "returned \(quoted(other))"
            case .nothing: "found nothing"
            case .miss: "was a miss"
            }
        throw Wrong(
            text: "\(what) of \(quoted(key)) \(text) where the value is \(quoted(value))",
            advice: "Values are texts that come back as they were given, to the last character")
    }

    func succeeded(_ operation: AdapterOperation, _ fill: (inout AdapterRequest) -> Void = { _ in })
        async throws
    {
        _ = try await ok(operation, fill)
    }

    func ok(
        _ operation: AdapterOperation, worker: Int = 0, _ fill: (inout AdapterRequest) -> Void = { _ in }
    ) async throws -> AdapterResult {
        switch try await process.ask(operation, worker: worker, fill).outcome {
        case .ok(let result): return result
        case .failed(let why), .unknown(let why):
            throw Wrong(
                text: "\(operation.rawValue) failed: \(why.printable)",
                advice: process.standardError.isEmpty
                    ? "" : "Its standard error may say more: \(process.standardError)")
        case .unsupported(let why):
            throw Wrong(
                text: "\(operation.rawValue) is among its operations and is not supported: \(why.printable)",
                advice: "Leave it out of \"operations\"")
        }
    }

    func quoted(_ text: String) -> String {
        let shown = text.count > 40 ? text.prefix(40) + "… (\(text.utf8.count) bytes)" : text[...]
        return "\"\(String(shown).printable)\""
    }
}

extension AdapterError.Reason {
    /// What to do about it; empty if the reason says all.
    package var advice: String {
        switch self {
        case .notUnderstood, .halfLine:
            "Standard output belongs to the protocol: print to standard error, and write each message as one line"
        case .lineTooLong: "Send smaller values, or end each message with a line feed"
        case .unknownRequest, .answeredTwice: "Answer each request once, with its \"id\""
        case .askedTwice: "Give each question a number of its own"
        case .tooManyQuestions: "Wait for answers before you ask more, and read standard input all the time"
        case .inputClosed: "Keep standard input open: its end tells the adapter to end"
        case .stampsOutside:
            "Take t0 directly before the call of the cache and t1 directly after it, from the machine's monotonic "
                + "clock in nanoseconds; or leave both out"
        case .questionOutside:
            "Take t0 directly before the question is written, from the machine's monotonic clock in nanoseconds; "
                + "or leave it out"
        case .noAnswer: "Answer every request, with \"failed\" or \"unknown\" if need be"
        case .ended: "It has to live until it is told to shut down"
        case .wrongAnswer: "The page on subjects has the fields of each answer"
        }
    }
}
