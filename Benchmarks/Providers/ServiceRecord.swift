/// A record as a service would have it: an account with its permissions, some kilobytes of JSON.
struct ServiceRecord: Codable, Sendable {
    struct Permission: Codable, Sendable {
        var resource: String
        var actions: [String]
        var grantedBy: String
        var isInherited: Bool
    }

    var id: Int
    var name: String
    var tenant: String
    var limits: [String: Int]
    var permissions: [Permission]

    /// - Parameter id: decides everything else.
    init(id: Int) {
        self.id = id
        name = "Account number \(id)"
        tenant = "tenant-\(id % 7)"
        limits = Dictionary(uniqueKeysWithValues: (0..<8).map { ("limit-\($0)", id * 10 + $0) })
        permissions = (0..<24).map { number in
            Permission(
                resource: "/projects/\(id)/documents/\(number)", actions: ["read", "write", "share"],
                grantedBy: "administrator-\(number % 3)@example.org", isInherited: number % 2 == 0)
        }
    }
}
