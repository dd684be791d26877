/// An error of the server that concerns the server or the user's rights, and not the command.
///
/// Another command, or the same command again, would get the same error.
public struct RedisRefusal: Sendable, Hashable {
    /// The kind of the refusal. The raw value is the first word of the server's line.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The user may not run the command, or may not access the key or the channel.
        case noPermission = "NOPERM"
        /// The server requires a password.
        case passwordWanted = "NOAUTH"
        /// The server does not know the user, or the password is wrong.
        case wrongPassword = "WRONGPASS"
        /// The server is a replica, which refuses writes.
        case readOnly = "READONLY"
        /// The memory of the server is full.
        case outOfMemory = "OOM"
        /// The server is still loading its data.
        case loading = "LOADING"
        /// A script or a module occupies the server for too long.
        case busy = "BUSY"
        /// The server could not save its data, and refuses writes until it can.
        case cannotSave = "MISCONF"
        /// The replica has lost its primary, and serves no old data.
        case primaryDown = "MASTERDOWN"
        /// A part of the cluster is missing.
        case clusterDown = "CLUSTERDOWN"
        /// The server is a node of a cluster, and the key belongs to another node.
        case otherNode = "MOVED"
    }

    /// The kind of the refusal.
    public let kind: Kind
    /// The line of the server.
    public let line: String

    /// Reads an error line.
    ///
    /// - Returns: `nil` for a line that concerns the command.
    public init?(line: String) {
        let word = line.prefix { $0 != " " }
        if let kind = Kind(rawValue: String(word)) {
            self.kind = kind
        } else if line.hasPrefix("ERR The user executing the script can't") {
            // Redis 7 reports in this way that a script's user lacks a right.
            kind = .noPermission
        } else if line.contains("SELECT is not allowed in cluster mode") {
            kind = .otherNode
        } else {
            return nil
        }
        self.line = line
    }

    /// The meaning, as the end of a sentence about the server.
    public var meaning: String {
        switch kind {
        case .noPermission: "does not permit this user a command, a key or a channel (NOPERM)"
        case .passwordWanted: "wants a password (NOAUTH)"
        case .wrongPassword: "does not accept the user or the password (WRONGPASS)"
        case .readOnly: "is a replica that takes no writes (READONLY)"
        case .outOfMemory: "has no memory left for writes (OOM)"
        case .loading: "is still loading its data (LOADING)"
        case .busy: "is held up by a script (BUSY)"
        case .cannotSave: "takes no writes because it cannot save its data (MISCONF)"
        case .primaryDown: "is a replica without its primary (MASTERDOWN)"
        case .clusterDown: "belongs to a cluster that is incomplete (CLUSTERDOWN)"
        case .otherNode: "is a node of a Redis Cluster, which is not supported (MOVED)"
        }
    }

    /// What to do next, in one sentence.
    public var advice: String {
        switch kind {
        case .noPermission: "Give the user the rights that Documentation/CommandLine.md lists, or use another user."
        case .passwordWanted: "Name a user and a password, as in redis://user:password@host:port."
        case .wrongPassword: "Correct the user or the password."
        case .readOnly: "Use the address of the primary."
        case .outOfMemory: "Raise maxmemory, choose an eviction policy, or remove keys."
        case .loading: "Wait until the server has loaded its data, then try again."
        case .busy: "Wait until the script has ended, or end it with SCRIPT KILL."
        case .cannotSave: "Correct what keeps the server from saving; its log says what."
        case .primaryDown: "Use the address of the primary, or bring the primary back."
        case .clusterDown: "Bring the cluster back; but use a server that is no cluster."
        case .otherNode: "Use a server that is no cluster."
        }
    }
}

extension RedisError {
    /// The refusal in the server's error line, or `nil`.
    public var refusal: RedisRefusal? {
        switch code {
        case .serverError: RedisRefusal(line: message)
        case .authenticationFailed, .connectFailed: underlying.flatMap { RedisRefusal(line: $0) }
        default: nil
        }
    }
}
