/// What an error line says about the server or about the user's rights, rather than about the command: another command, or
/// the same one again, would meet it too.
public struct RedisRefusal: Sendable, Hashable {
    /// What stands in the way.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The user may not run the command, or may not touch the key or the channel.
        case noPermission = "NOPERM"
        /// The server wants a password.
        case passwordWanted = "NOAUTH"
        /// The server does not know the user, or the password is another one.
        case wrongPassword = "WRONGPASS"
        /// The server is a replica, which takes no writes.
        case readOnly = "READONLY"
        /// The server's memory is full.
        case outOfMemory = "OOM"
        /// The server is still reading its data.
        case loading = "LOADING"
        /// A script or a module has held the server up for too long.
        case busy = "BUSY"
        /// The server could not save its data, and takes no writes until it can.
        case cannotSave = "MISCONF"
        /// The replica has lost its primary, and serves nothing old.
        case primaryDown = "MASTERDOWN"
        /// A part of the cluster is missing.
        case clusterDown = "CLUSTERDOWN"
        /// The server is a node of a cluster, and the key is another node's.
        case otherNode = "MOVED"
    }

    public let kind: Kind
    /// The server's line.
    public let line: String

    /// - Returns: `nil` for a line that is about the command.
    public init?(line: String) {
        let word = line.prefix { $0 != " " }
        if let kind = Kind(rawValue: String(word)) {
            self.kind = kind
        } else if line.hasPrefix("ERR The user executing the script can't") {
            // How Redis 7 tells a script what its user may not do.
            kind = .noPermission
        } else if line.contains("SELECT is not allowed in cluster mode") {
            kind = .otherNode
        } else {
            return nil
        }
        self.line = line
    }

    /// What it means, as the end of a sentence about the server.
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

    /// What to do, in one sentence.
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
    /// What the server's error line says about the server or the user's rights; `nil` if there is no such line.
    public var refusal: RedisRefusal? {
        switch code {
        case .serverError: RedisRefusal(line: message)
        case .authenticationFailed, .connectFailed: underlying.flatMap { RedisRefusal(line: $0) }
        default: nil
        }
    }
}
