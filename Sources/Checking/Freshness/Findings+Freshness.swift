import History

extension Findings {
    /// A read returned less than an acknowledged write or invalidation had left to it.
    /// - Parameters:
    ///   - watermark: the version owed.
    ///   - raiser: the write or invalidation.
    ///   - write: for an invalidation, the write of the version owed.
    ///   - apply: the application that made it hold for the reader, if it took one.
    ///   - since: when it began to hold.
    mutating func addStaleRead(
        _ read: Operation, watermark: Int64, raiser: Operation, write: Operation?, apply: Operation?, since: Int64
    ) {
        let rule =
            switch raiser.kind {
            case .invalidateTag: "After an acknowledged invalidation of its tag, a read returns no older version."
            case .invalidate: "After an acknowledged invalidation of its key, a read returns no older version."
            default: "After an acknowledged write, a read returns no older version."
            }
        add(rule: rule, [raiser, read] + [write, apply].compactMap { $0 }) { formatter in
            let gap = Duration.text(from: since, to: read.start)
            return "From then on \(formatter.instance(read)) owed version \(watermark) of \(formatter.key(read)) or a "
                + "newer one; the read began \(gap) later and returned \(formatter.content(read))."
        }
    }

    /// A read was staler than a limit.
    /// - Parameters:
    ///   - newer: a write of a newer version.
    ///   - limit: in nanoseconds.
    ///   - lag: how many newer versions had finished; `nil` if it is not known, nor whether `newer` was the first of
    ///     them.
    mutating func addStaleRead(_ read: Operation, newer: Operation, over limit: Int64, lag: Int?) {
        add(rule: "No read is staler than \(Duration.text(limit)).", [newer, read]) { formatter in
            "Version \(newer.version) of \(formatter.key(read)) was there; "
                + "\(Duration.text(from: newer.end, to: read.start)) later a read began that returned "
                + formatter.content(read)
                + (lag.map { ", \($0) finished version(s) behind." } ?? ".")
        }
    }
}
