extension HistoryReader {
    /// Everything that is left, in memory. O(n log n), for the sorting.
    /// - Throws: the errors in the file, if there are any: all of them are looked for, and the first
    ///   ``HistoryFileErrors/maximum`` are reported.
    public mutating func history() throws(HistoryFileErrors) -> History {
        var operations: [Operation] = []
        var collector = HistoryErrorCollector()
        while readPortion(of: 1 << 20, into: &operations, &collector) {}
        if let errors = collector.errors { throw errors }
        return History(operations: operations, keys: keys, tagSets: tagSets)
    }

    /// Reads on, for so many operations and errors. After the first error nothing more is kept.
    /// - Returns: whether there may be more.
    public mutating func readPortion(
        of count: Int, into operations: inout [Operation], _ collector: inout HistoryErrorCollector
    ) -> Bool {
        for _ in 0..<count {
            do throws(HistoryFileError) {
                guard let operation = try next() else { return false }
                if collector.errors == nil { operations.append(operation) }
            } catch {
                collector.add(error)
            }
        }
        return true
    }
}

extension History {
    /// Reads a file.
    /// - Parameter format: `nil`: the reader detects it from the first bytes of the file.
    public init(contentsOf path: String, format: HistoryFormat? = nil) throws(HistoryFileErrors) {
        var reader: HistoryReader
        do throws(HistoryFileError) {
            reader = try HistoryReader(path: path, format: format)
        } catch {
            throw HistoryFileErrors([error])
        }
        self = try reader.history()
    }

    /// Writes a file, in place of one that is there.
    /// - Throws: an operation that the format cannot express, or a failure of the system. The file is then incomplete.
    public func write(to path: String, format: HistoryFormat = .jsonLines) throws(HistoryFileError) {
        var writer = try HistoryWriter(path: path, format: format)
        try writer.write(self)
        try writer.finish()
    }
}
