import DequeModule
import History

/// What goes through a gate between a client and its Redis server.
package enum ConversationMessage: Sendable, Equatable {
    /// For the server.
    case command(RedisRequest, raw: [UInt8])
    /// For the client: the whole reply to a command, which may be several values. Whether the last of them is an error.
    case reply(to: RedisRequest, raw: [UInt8], isError: Bool)
    /// For the client, unasked: `kind` is `message`, `invalidate`, …; `about` are its channel or keys.
    case push(kind: String, about: [String], raw: [UInt8])
}

/// One connection of a client to Redis, as a sequence of messages. Does no input or output.
///
/// ## Rules
///
/// 1. A command is one message. `MULTI` to `EXEC`, `DISCARD`, `RESET` or `QUIT` is one message with one reply of
///    several values. While such a transaction is not whole, it is held (``isTransactionOpen``). A client that waits
///    for `QUEUED` would wait in vain: when it is quiet, ``passTransaction()`` gives what there is as a message that
///    may pass at once. What follows may pass at once too, up to `EXEC`, which alone is then to be held.
/// 2. Replies belong to commands in the order of the commands. A command waits for one value; `SUBSCRIBE` and its
///    relatives for one a channel; `UNSUBSCRIBE` without channels for as many as it has, at least one. An error ends
///    each.
/// 3. What begins with `>` is a push, except the confirmation of a subscription at the head of the waiting commands.
///    In protocol 2 (``protocolVersion`` follows the replies to `HELLO` and `RESET`) an array `message`, `pmessage` or
///    `smessage` on a connection with subscriptions is a push.
/// 4. Handshakes may pass at once (`HELLO AUTH SELECT PING INFO COMMAND READONLY`, `CLIENT`, subscribing), if nothing
///    is queued before them on the connection, which the gate knows. `CLIENT TRACKING` may only before the first
///    other command. `CLIENT KILL`, `PAUSE`, `UNPAUSE`, `UNBLOCK`, `NO-EVICT` concern others and may not. Pushes never
///    may.
/// 5. A blocking command (``RedisRequest/blocks``) has its reply some time. Inside a transaction it does not block.
/// 6. Refused by name: TLS, `MONITOR`, `SYNC`, `PSYNC`, `REPLCONF`, `CLIENT REPLY` other than `ON`, subscribing inside
///    a transaction, a redirection by `-MOVED` or `-ASK`, streamed values, a value without a command.
/// 7. After an error the conversation gives nothing more.
package struct RedisConversation: Sendable {
    private struct Transaction {
        var raw: [UInt8] = []
        var parts: [RedisRequest] = []
        /// Commands in ``raw``.
        var count = 0
        /// Whether its beginning was given away already.
        var hasPassed = false
    }

    private struct Awaiting {
        var request: RedisRequest
        /// `nil` until the first value says it.
        var remaining: Int?
        var raw: [UInt8] = []
    }

    private var fromClient: RESPSplitter
    private var fromServer: RESPSplitter
    private let mostBytes: Int
    private var transaction: Transaction?
    private var awaiting: Deque<Awaiting> = []
    private var isFresh = true
    private var commands = 0
    private var channels = SubscriptionCounts()
    private var failure: RedisGateError?
    /// 2 or 3: in which the server answers now.
    package private(set) var protocolVersion = 2

    /// - Parameter mostBytes: the most bytes of a message.
    package init(mostBytes: Int = 64 << 20) {
        self.mostBytes = mostBytes
        fromClient = RESPSplitter(.client, mostBytes: mostBytes)
        fromServer = RESPSplitter(.server, mostBytes: mostBytes)
    }

    /// How many commands have no whole reply yet. All that were given away count, also those that the gate holds.
    package var unanswered: Int { awaiting.count }

    /// Whether a transaction has begun that is not whole.
    package var isTransactionOpen: Bool { transaction.map { !$0.hasPassed } ?? false }

    /// Whether the connection has a subscription.
    package var isSubscribed: Bool { channels.total > 0 }

    // MARK: From the client

    /// Takes bytes of the client.
    /// - Returns: the commands that are whole now.
    package mutating func receive(
        fromClient bytes: some Sequence<UInt8>
    ) throws(RedisGateError) -> [ConversationMessage] {
        if let failure { throw failure }
        do throws(RedisGateError) {
            fromClient.feed(bytes)
            var messages: [ConversationMessage] = []
            while let frame = try fromClient.next() {
                if let message = try take(command: frame) { messages.append(message) }
            }
            return messages
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func take(command frame: RESPFrame) throws(RedisGateError) -> ConversationMessage? {
        // Redis skips a command without words, and answers nothing.
        guard frame.count > 0 else { return nil }
        let request = RedisRequest(frame, number: commands, isFresh: isFresh)
        try Self.refuse(request, frame, inTransaction: transaction != nil)
        if !request.mayPass { isFresh = false }
        guard var open = transaction else {
            if request.verb == "MULTI" {
                transaction = Transaction(raw: frame.raw, count: 1)
                return nil
            }
            return give(request, frame.raw)
        }
        open.raw += frame.raw
        open.count += 1
        guard open.raw.count <= mostBytes else { throw .tooMuch("bytes", limit: mostBytes) }
        let isEnd = ["EXEC", "DISCARD", "RESET", "QUIT"].contains(request.verb)
        if !isEnd, open.parts.count < 64 { open.parts.append(request) }
        if !isEnd, !open.hasPassed {
            transaction = open
            return nil
        }
        let message = give(Self.combined(open, ending: isEnd ? request.verb : nil), open.raw)
        open.raw = []
        open.count = 0
        transaction = isEnd ? nil : open
        return message
    }

    /// Gives the open transaction away as far as it has come, for a client that waits for each reply.
    package mutating func passTransaction() -> ConversationMessage? {
        guard var open = transaction, !open.hasPassed else { return nil }
        let message = give(Self.combined(open, ending: nil), open.raw)
        open.hasPassed = true
        open.raw = []
        open.count = 0
        transaction = open
        return message
    }

    private static func combined(_ transaction: Transaction, ending: String?) -> RedisRequest {
        var request = RedisRequest(
            RESPFrame(kind: .inline, raw: [], elements: [], count: transaction.count), number: 0, isFresh: false)
        request.verb = ending.map { $0 == "EXEC" ? "MULTI" : $0 } ?? "MULTI"
        request.parts = transaction.parts
        request.replies = transaction.count
        // What is only queued is seen by nobody.
        request.mayPass = ending == nil
        return request
    }

    private mutating func give(_ request: RedisRequest, _ raw: [UInt8]) -> ConversationMessage {
        var request = request
        request.number = commands
        commands += 1
        awaiting.append(Awaiting(request: request, remaining: request.replies))
        return .command(request, raw: raw)
    }

    private static func refuse(
        _ request: RedisRequest, _ frame: RESPFrame, inTransaction: Bool
    ) throws(RedisGateError) {
        switch request.verb {
        case "MONITOR": throw .command("MONITOR", why: "the connection has no replies after it")
        case "SYNC", "PSYNC", "REPLCONF": throw .command(request.verb, why: "a gate is not for replicas")
        case "CLIENT" where request.subcommand == "REPLY":
            guard frame.elements.last?.bytes.map({ $0 & 0xDF }) != Array("ON".utf8) else { return }
            throw .command("CLIENT REPLY", why: "a command without a reply cannot be waited for")
        case let verb where RedisRequest.subscribing.contains(verb) || RedisRequest.unsubscribing.contains(verb):
            guard inTransaction else { return }
            throw .command("\(verb) in a transaction", why: "its confirmations are no replies")
        default: return
        }
    }

    // MARK: From the server

    /// Takes bytes of the server.
    /// - Returns: the replies and pushes that are whole now, in their order.
    package mutating func receive(
        fromServer bytes: some Sequence<UInt8>
    ) throws(RedisGateError) -> [ConversationMessage] {
        if let failure { throw failure }
        do throws(RedisGateError) {
            fromServer.feed(bytes)
            var messages: [ConversationMessage] = []
            while let frame = try fromServer.next() {
                if let message = try take(value: frame) { messages.append(message) }
            }
            return messages
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func take(value frame: RESPFrame) throws(RedisGateError) -> ConversationMessage? {
        if frame.isError, let text = frame.firstText, text.hasPrefix("MOVED ") || text.hasPrefix("ASK ") {
            throw .redirected(String(text.prefix(80)).printable)
        }
        let word = frame.firstText ?? ""
        let verb = awaiting.first?.request.verb ?? ""
        let isConfirmation = SubscriptionCounts.confirms(word, verb) && [.push, .array].contains(frame.kind)
        let isMessage = protocolVersion == 2 && isSubscribed && frame.kind == .array && Self.messages.contains(word)
        if frame.kind == .push && !isConfirmation || isMessage {
            // A server may end a subscription by itself.
            if !isMessage { channels.follow(frame) }
            return push(frame, word)
        }
        guard var head = awaiting.popFirst() else {
            throw .unasked(String((frame.firstText ?? "a value").prefix(80)).printable)
        }
        if head.remaining == nil { head.remaining = isConfirmation ? channels.expected(verb) : 1 }
        if isConfirmation { channels.follow(frame) }
        head.raw += frame.raw
        guard head.raw.count <= mostBytes else { throw .tooMuch("bytes", limit: mostBytes) }
        let isSubscription = RedisRequest.subscribing.contains(verb) || RedisRequest.unsubscribing.contains(verb)
        let remaining = frame.isError && isSubscription ? 0 : (head.remaining ?? 1) - 1
        guard remaining <= 0 else {
            head.remaining = remaining
            awaiting.prepend(head)
            return nil
        }
        if !frame.isError { note(head.request, frame) }
        return .reply(to: head.request, raw: head.raw, isError: frame.isError)
    }

    private static let messages: Set<String> = ["message", "pmessage", "smessage"]

    /// What a reply changes for those after it.
    private mutating func note(_ request: RedisRequest, _ frame: RESPFrame) {
        if request.verb == "RESET" {
            protocolVersion = 2
            channels = SubscriptionCounts()
        }
        // In protocol 3 it is a map, in protocol 2 an array.
        if request.verb == "HELLO" { protocolVersion = frame.kind == .map ? 3 : 2 }
    }

    private func push(_ frame: RESPFrame, _ word: String) -> ConversationMessage {
        // The last part of a message is what it says.
        let named = Self.messages.contains(word) ? frame.elements.dropFirst().dropLast() : frame.elements.dropFirst()
        var about = named.compactMap { element in element.whole.map { String(decoding: $0, as: UTF8.self) } }
        if word == "invalidate" { about = Self.invalidated(frame) }
        return .push(kind: String(word.prefix(32)).printable, about: about, raw: frame.raw)
    }

    /// The keys of an invalidation are one level deeper. None: the whole database.
    private static func invalidated(_ frame: RESPFrame) -> [String] {
        var splitter = RESPSplitter(.server)
        // `>2`, `$10`, `invalidate` are three lines.
        let lines = frame.raw.split(separator: 10, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4 else { return [] }
        splitter.feed(lines[3])
        guard let inner = try? splitter.next() else { return [] }
        return inner.elements.compactMap { $0.whole.map { String(decoding: $0, as: UTF8.self) } }
    }
}

/// How many subscriptions a connection has, by the confirmations of the server.
struct SubscriptionCounts: Sendable, Equatable {
    private var plain = 0
    private var patterns = 0
    private var shards = 0

    var total: Int { plain + patterns + shards }

    /// Whether a value that begins with the word confirms the command.
    static func confirms(_ word: String, _ verb: String) -> Bool {
        (RedisRequest.subscribing.contains(verb) || RedisRequest.unsubscribing.contains(verb))
            && word.uppercased() == verb
    }

    /// How many confirmations the command has that names no channel.
    func expected(_ verb: String) -> Int {
        switch verb {
        case "UNSUBSCRIBE": max(1, plain)
        case "PUNSUBSCRIBE": max(1, patterns)
        case "SUNSUBSCRIBE": max(1, shards)
        default: 1
        }
    }

    /// The third part of a confirmation is how many channels and patterns there are now; or how many shard channels.
    mutating func follow(_ frame: RESPFrame) {
        guard frame.elements.count == 3, case .number(let number) = frame.elements[2], let word = frame.firstText
        else { return }
        let now = Int(clamping: max(0, number))
        switch word {
        case "subscribe", "unsubscribe": plain = max(0, now - patterns)
        case "psubscribe", "punsubscribe": patterns = max(0, now - plain)
        case "ssubscribe", "sunsubscribe": shards = now
        default: return
        }
    }
}
