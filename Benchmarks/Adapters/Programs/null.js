'use strict';
// An adapter that answers each read at once.
const { serve } = require('../../../Adapters/node/coherence-adapter');

class Cache {
  name = 'nothing';

  async read() {
    return null;
  }
}

serve(new Cache());
