import Testing

@testable import History

@Suite("Names of a file")
struct HistoryNamesTests {
    private func number(of name: String, in names: inout HistoryNames) throws(HistoryNames.Problem) -> Int32 {
        try Array(name.utf8).withUnsafeBufferPointer { bytes throws(HistoryNames.Problem) in
            try names.number(ofKey: HashedText(bytes))
        }
    }

    @Test("Names get numbers in the order of their first meeting, however many there are")
    func manyNames() throws {
        var names = HistoryNames()
        for round in 0..<2 {
            for index in 0..<5_000 {
                let number = try number(of: String(repeating: "x", count: index % 40) + "\(index)", in: &names)
                #expect(number == Int32(index), "round \(round)")
            }
        }
        #expect(names.keys.count == 5_000)
    }

    @Test("More names than an operation can number are an error; known ones are still found")
    func tooMany() throws {
        var names = HistoryNames(maximum: 2)
        #expect(try number(of: "a", in: &names) == 0)
        #expect(try number(of: "b", in: &names) == 1)
        #expect(throws: HistoryNames.Problem.tooMany) { try number(of: "c", in: &names) }
        #expect(try number(of: "a", in: &names) == 0)
    }

    @Test("An id is new once, whether its neighbours were met or not")
    func identifiers() {
        var identifiers = IdentifierSet()
        var ids: [Int64] = []
        for index: Int64 in 0..<3_000 { ids += [index, index * 1_000_000_007 + 5_000, (1 << 62) - index] }
        let distinct = Set(ids)
        let new = distinct.filter { identifiers.insert($0) }
        #expect(new.count == distinct.count)
        let newAgain = ids.filter { identifiers.insert($0) }
        #expect(newAgain == [])
    }
}
