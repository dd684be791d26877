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
