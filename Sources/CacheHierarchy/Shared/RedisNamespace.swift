import RedisClient

/// The part of a Redis server that belongs to one application: what its keys and channels begin with.
///
/// Any name will do, whatever is in it: colons, braces, what a pattern would take for a wildcard. Keys and channels begin with
/// `coherence:`, so that one rule of an ACL grants all of them (`~coherence:* &coherence:*`). Then come the length of the
/// name and the name (`coherence:4:prod:e:2x`), so that no key of one namespace is one of another: `prod` with the key `2x` is not
/// `prod2` with `x`, and `a` with the key `e:k` is not `a:e` with `k`. Names are compared byte by byte: look-alikes, and
/// differently composed forms of one letter, are different names.
///
/// Channels know no databases: two applications need two names, though they use different databases of one server.
public struct RedisNamespace: Sendable, Codable {
    /// A name that cannot tell applications apart.
    public struct EmptyName: Error, CustomStringConvertible {
        public var description: String {
            "found an empty name; expected one that no other application on this Redis server has"
        }
    }

    /// What the keys and channels of all namespaces begin with.
    package static let prefix = "coherence:"

    /// What every key and channel of this one begins with; a colon follows.
    package let root: String
    /// Matches the namespace's keys and no others, as the pattern of a `SCAN`.
    package let keyPattern: String

    /// - Throws: ``EmptyName``. Two applications that both forgot to choose one would share everything.
    public init(_ name: String) throws(EmptyName) {
        guard !name.utf8.isEmpty else { throw EmptyName() }
        self.init(root: "\(Self.prefix)\(name.utf8.count):\(name)")
    }

    /// A part of what belongs to a run that is a guest on the server: everything of a run begins alike.
    /// - Parameters:
    ///   - start: what everything of the run begins with, a colon at its end.
    ///   - name: tells applications of the run apart; not empty.
    package init(_ name: String, after start: String) {
        self.init(root: "\(start)\(name.utf8.count):\(name)")
    }

    /// The defect `raw-prefix`: the name as it is.
    package init(raw name: String, after start: String = Self.prefix) {
        root = start + name
        keyPattern = root + ":*"
    }

    private init(root: String) {
        self.root = root
        keyPattern = RedisPattern.escaped(root) + ":*"
    }
}

extension RedisNamespace: Hashable {
    public static func == (left: RedisNamespace, right: RedisNamespace) -> Bool {
        left.root.utf8.elementsEqual(right.root.utf8)
    }

    public func hash(into hasher: inout Hasher) { for byte in root.utf8 { hasher.combine(byte) } }
}
