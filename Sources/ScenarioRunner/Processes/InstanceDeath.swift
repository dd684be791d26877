/// A process that was an instance is gone, and no fault wanted it to be.
struct InstanceDeath: Error, CustomStringConvertible {
    /// Counted from 0.
    let instance: Int
    let identifier: Int32?
    /// How, in words.
    let ending: String
    /// What its workers were doing: nobody can tell what became of it.
    let open: [String]

    private static let most = 5

    var description: String {
        let who = "instance \(instance + 1)" + (identifier.map { " (process \($0))" } ?? "")
        guard !open.isEmpty else { return "\(who) \(ending); none of its operations was under way" }
        let rest = open.count > Self.most ? " and \(open.count - Self.most) more" : ""
        return "\(who) \(ending), while this was under way: \(open.prefix(Self.most).joined(separator: ", "))\(rest)"
    }
}
