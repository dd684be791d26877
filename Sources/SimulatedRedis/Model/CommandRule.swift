import RedisClient

/// How the model checks and runs one command.
struct CommandRule: Sendable {
    typealias Handler = @Sendable (inout RedisModel, Call) throws(RedisFailure) -> RedisValue

    struct Flags: OptionSet {
        let rawValue: Int
        static let readOnly = Flags(rawValue: 1)
        static let write = Flags(rawValue: 2)
        /// The server refuses the command when memory is full.
        static let growing = Flags(rawValue: 4)
        static let whileSubscribed = Flags(rawValue: 8)
        /// A transaction runs the command at once and does not queue it.
        static let controlsTransaction = Flags(rawValue: 16)
        static let outsideTransactions = Flags(rawValue: 32)
        static let notInScripts = Flags(rawValue: 64)
    }

    enum KeyPositions {
        case none, first, all
        /// The first half of the words after `STREAMS`.
        case streams
    }

    /// The name in lower case. A command of two words is `first|second`.
    let name: String
    /// The number of words, including the name. A negative number is a minimum.
    let arity: Int
    let flags: Flags
    let keys: KeyPositions
    let run: Handler

    init(
        _ name: String, _ arity: Int, _ flags: Flags = [], keys: KeyPositions = .none, _ run: @escaping Handler
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.keys = keys
        self.run = run
    }

    func keys(in words: [Bytes]) -> [Bytes] {
        switch keys {
        case .none: return []
        case .first: return [words[1]]
        case .all: return Array(words.dropFirst())
        case .streams:
            guard let start = words.firstIndex(where: { $0.isWord("streams") }) else { return [] }
            let rest = words[(start + 1)...]
            return Array(rest.prefix(rest.count / 2))
        }
    }

    private static let table: [Bytes: CommandRule] = Dictionary(
        (keyRules + stringRules + hashRules + sortedSetRules + streamRules + groupRules + channelRules
            + transactionRules + connectionRules + serverRules + scriptRules).map { (Bytes($0.name), $0) },
        uniquingKeysWith: { first, _ in first })

    /// The first words of the commands of two words.
    private static let containers = Set(
        table.keys.compactMap { name in
            name.firstIndex(of: UInt8(ascii: "|")).map { Array(name[..<$0]) }
        })

    /// Returns the rule of a command.
    ///
    /// - Throws: if there is no such command, or if the number of words is wrong.
    static func find(_ words: [Bytes]) throws(RedisFailure) -> CommandRule {
        let name = words[0].lowercased
        var rule = table[name]
        if rule == nil, containers.contains(name) {
            guard words.count > 1 else { throw .wrongArity(name.text) }
            rule = table[name + [UInt8(ascii: "|")] + words[1].lowercased]
            guard rule != nil else {
                throw RedisFailure(
                    "ERR unknown subcommand '\(Array(words[1].prefix(128)).text)'. Try \(name.text.uppercased()) HELP.")
            }
        }
        guard let rule else { throw unknown(words) }
        guard rule.arity > 0 ? words.count == rule.arity : words.count >= -rule.arity else {
            throw .wrongArity(rule.name)
        }
        return rule
    }

    private static func unknown(_ words: [Bytes]) -> RedisFailure {
        var shown = ""
        for word in words.dropFirst() where shown.utf8.count < 128 {
            shown += "'\(Array(word.prefix(128 - shown.utf8.count)).text)' "
        }
        return RedisFailure(
            "ERR unknown command '\(Array(words[0].prefix(128)).text)', with args beginning with: \(shown)")
    }
}
