import History

/// The ways in which a register with versions breaks its rule, as a report shows them.
extension Findings {
    mutating func addRepeatedVersion(_ first: Operation, _ second: Operation) {
        add(rule: "A version is written once.", [first, second]) {
            "Both writes of \($0.key(first)) were given version \(first.version)."
        }
    }

    /// An operation of a lower version began after one of a higher version had ended.
    mutating func addDisorder(_ earlier: Operation, before later: Operation) {
        let rule =
            switch (earlier.kind == .read, later.kind == .read) {
            case (false, true): "A read returns no less than the newest version whose write had finished when it began."
            case (true, true): "A read returns no less than any read that had finished when it began."
            case (false, false): "Versions follow the order of the writes in real time."
            case (true, false): "No version is read before its write, or that of a lower version, has begun."
            }
        add(rule: rule, [earlier, later]) { formatter in
            let gap = Duration.text(from: earlier.end, to: later.start)
            return "\(formatter.key(later)) was at version \(earlier.version) when the first operation ended; "
                + "the second began \(gap) later and \(later.kind == .read ? "returned" : "wrote") "
                + "\(formatter.content(later))."
        }
    }

    /// A version was read that no write explains.
    /// - Parameters:
    ///   - failed: a write of that version that certainly did not happen.
    ///   - others: how many writes of unknown version began early enough and explain other versions.
    ///   - isOver: all operations are known, not only those that had begun when the read ended.
    mutating func addUnwritten(_ read: Operation, failed: Operation?, others: Int, isOver: Bool) {
        if let failed {
            add(rule: "A version whose write failed is not read.", [failed, read]) { _ in
                "Nobody else \(isOver ? "wrote" : "had begun to write") version \(read.version)"
                    + "\(isOver ? "" : " by then"), and this write certainly did not happen."
            }
            return
        }
        add(rule: "A version that is read was written.", [read]) { formatter in
            (isOver
                ? "Nobody wrote version \(read.version) of \(formatter.key(read))."
                : "Nobody had begun to write version \(read.version) of \(formatter.key(read)) when it was read.")
                + (others == 0
                    ? ""
                    : " The \(others) write(s) of unknown version that began early enough explain other versions.")
        }
    }
}

/// What was judged of the registers of a history, key by key.
struct RegisterTally {
    private(set) var examined = 0
    private var reads = 0
    private var leftOut: [String] = []

    mutating func add(examined: Int, reads: Int) {
        self.examined += examined
        self.reads += reads
    }

    /// A key that was not judged, and why.
    mutating func leaveOut(_ why: String) { leftOut.append(why) }

    /// Why not everything was judged; `nil` if it was.
    /// - Parameter nothing: what to say if there was no read.
    func reason(nothing: String) -> String? {
        if let first = leftOut.first {
            return leftOut.count == 1 ? first : "\(first), and \(leftOut.count - 1) more keys"
        }
        return reads == 0 ? nothing : nil
    }
}
