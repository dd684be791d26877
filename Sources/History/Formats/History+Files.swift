extension HistoryReader {
    /// Everything that is left, in memory. O(n log n), for the sorting.
    /// - Throws: the mistakes in the file, if there are any: all of them are looked for, and the first
    ///   ``HistoryFileErrors/maximum`` are told.
    public mutating func history() throws(HistoryFileErrors) -> History {
        var operations: [Operation] = []
        var errors: [HistoryFileError] = []
        var further = 0
        while true {
            do throws(HistoryFileError) {
                guard let operation = try next() else { break }
                if errors.isEmpty { operations.append(operation) }
            } catch {
                if errors.count < HistoryFileErrors.maximum { errors.append(error) } else { further += 1 }
            }
        }
        guard errors.isEmpty else { throw HistoryFileErrors(errors, further: further) }
        return History(operations: operations, keys: keys, tagSets: tagSets)
    }
}

extension History {
    /// Reads a file.
    /// - Parameter format: `nil`: it is told from how the file begins.
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
