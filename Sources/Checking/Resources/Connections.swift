import History

/// Each process has one way to the server: one manager, which keeps to its limit, and no connection past it.
///
/// **Rules**, for the operations `gauge`, whose key says what was counted (see ``Subject``):
/// - a process has one manager;
/// - a manager's pool has no more connections open than ``limit``;
/// - a subscriber has one connection;
/// - no connection is open that belongs to no manager.
///
/// A gauge that was not taken (its outcome is not `ok`) is passed over. If no list of connections was taken at all the
/// verdict is `unknown`.
///
/// **A pass proves** that in none of the recorded lists more was open than allowed, and none past a manager.
/// It does not prove anything about the time between two lists, or about who has connected and sent nothing yet.
///
/// **Complexity.** O(n).
public struct Connections: Check {
    /// The name in scenario files and reports: `connections`.
    public let name = "connections"

    /// What a gauge counts. Its text is the key.
    public enum Subject: Sendable, Hashable {
        /// Connections in a list of the server's: every list has this gauge, however many it counts.
        case list
        /// Managers that the tasks of a process were given.
        case managers(process: Int32)
        /// Connections of the pool of the manager of that name.
        case pool(String)
        /// Connections of the subscriber of that name.
        case subscriber(String)
        /// A connection that belongs to no manager, in words.
        case stranger(String)

        /// What the keys begin with.
        private enum Words {
            static let list = "connections listed"
            static let managers = "managers of process "
            static let pool = "connections of the pool of "
            static let subscriber = "connections of the subscriber "
            static let stranger = "connections past any manager: "
        }

        /// The name of the key.
        public var key: String {
            switch self {
            case .list: Words.list
            case .managers(let process): "\(Words.managers)\(process)"
            case .pool(let name): Words.pool + name
            case .subscriber(let name): Words.subscriber + name
            case .stranger(let description): Words.stranger + description
            }
        }

        /// - Returns: `nil` for a key that is none of these.
        public init?(key: String) {
            func rest(_ prefix: String) -> String? {
                key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
            }
            if key == Words.list {
                self = .list
            } else if let process = rest(Words.managers).flatMap({ Int32($0) }) {
                self = .managers(process: process)
            } else if let name = rest(Words.pool) {
                self = .pool(name)
            } else if let name = rest(Words.subscriber) {
                self = .subscriber(name)
            } else if let description = rest(Words.stranger) {
                self = .stranger(description)
            } else {
                return nil
            }
        }
    }

    /// The most connections of a manager's pool.
    public var limit: Int64
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(limit: Int64, maximumViolations: Int = 10) {
        self.limit = limit
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let subjects = history.keys.map { Subject(key: $0) }
        var findings = Findings(history, keeping: maximumViolations)
        var lists = 0
        var missed = 0
        for gauge in history.operations where gauge.kind == .gauge && gauge.key >= 0 {
            guard let subject = subjects[Int(gauge.key)] else { continue }
            guard gauge.outcome == .ok else {
                missed += 1
                continue
            }
            switch subject {
            case .list: lists += 1
            case .managers where gauge.value != 1:
                findings.add(rule: "A process has one manager.", [gauge]) { _ in
                    "Tasks that asked for it at once were given \(gauge.value)."
                }
            case .pool where gauge.value > limit:
                findings.add(rule: "A manager's pool keeps to its limit.", [gauge]) { _ in
                    "At most \(limit) connections are allowed."
                }
            case .subscriber where gauge.value > 1:
                findings.add(rule: "A subscriber has one connection.", [gauge]) { _ in
                    "Where one is lost, the next is opened in its place."
                }
            case .stranger(let description):
                findings.add(rule: "Nobody is connected past a manager.", [gauge]) { _ in
                    "\(description) belongs to no manager."
                }
            case .managers, .pool, .subscriber: break
            }
        }
        let reason = lists > 0 ? nil : "the server gave no list of its connections, in \(missed) attempts"
        return findings.report(check: name, examined: lists, reason: reason)
    }
}
