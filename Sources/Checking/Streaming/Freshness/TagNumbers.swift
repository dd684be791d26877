/// Numbers for tags, from 0, so that looking at the tags of an operation compares no names.
struct TagNumbers {
    private var numbers: [String: Int] = [:]
    private var sets: [[Int]] = []

    /// How many tags there are so far.
    var count: Int { numbers.count }

    /// The tags of a set, where sets are numbered as in the names.
    mutating func tags(of set: Int32, _ names: OperationNames) -> [Int] {
        while sets.count < names.tagSets.count {
            var set: [Int] = []
            for tag in names.tagSets[sets.count] {
                let number = numbers[tag] ?? numbers.count
                numbers[tag] = number
                set.append(number)
            }
            sets.append(set)
        }
        return sets[Int(set)]
    }
}
