// A matrix product C = A.B in tiles that a workgroup stages in its memory: what GPUs like. The kernel that uses this file
// says how to read its operands, the result what becomes of the sums.
//
// Every workgroup owns TILE_ROWS x TILE_COLUMNS sums and walks along its part of K in slices of DEPTH; each invocation owns
// ROWS x COLUMNS of the sums. Operands are read in blocks of four vectors, one for each of four K, along M for A and along
// N for B: so both lie in memory the way they are multiplied. While a slice is multiplied, the next one is already on its
// way into registers, and two halves of the memory take turns: one barrier per slice.
//
// The kernel provides rowsOfC(), depth4() (K / 4, rounded up), beginOperands(), leftAt(m4, rows),
// leftBlock(at, m4, k4, rows) and rightBlock(k4, n4).
//! uses step, result

const ROWS4 = ROWS / 4u;
const COLUMNS4 = COLUMNS / 4u;
const DEPTH4 = DEPTH / 4u;
const TILE_ROWS4 = TILE_ROWS / 4u;
const TILE_COLUMNS4 = TILE_COLUMNS / 4u;
const ITEMS_ACROSS = TILE_COLUMNS / COLUMNS;
const ITEMS = (TILE_ROWS / ROWS) * ITEMS_ACROSS;
const LEFT_BLOCKS = DEPTH4 * TILE_ROWS4;
const RIGHT_BLOCKS = DEPTH4 * TILE_COLUMNS4;
// Blocks that one invocation reads for all.
const LEFT_TURNS = (LEFT_BLOCKS + ITEMS - 1u) / ITEMS;
const RIGHT_TURNS = (RIGHT_BLOCKS + ITEMS - 1u) / ITEMS;
// A vector more than the tile is wide, so that neighbouring K do not begin in the same bank.
const LEFT_STRIDE = TILE_ROWS4 + 1u;
const RIGHT_STRIDE = TILE_COLUMNS4 + 1u;

// Both halves of the slices of A, then those of B.
const RIGHT_AT = 2u * DEPTH * LEFT_STRIDE;
// Rows of C, and K / 4: read from a buffer, yet the same for all.
var<workgroup> extents: vec2u;

fn run(workgroup: u32, lane: u32) {
  if (lane == 0u) { extents = vec2u(rowsOfC(), depth4()); }
  let extent = workgroupUniformLoad(&extents);
  let rows = extent.x;
  let part = workgroup / TILES;
  let first4 = part * PART4;
  let end4 = min(first4 + PART4, extent.y);
  let tile = workgroup % TILES;
  let firstRow = (tile / TILES_ACROSS) * TILE_ROWS;
  let firstColumn4 = (tile % TILES_ACROSS) * TILE_COLUMNS4;
  if (firstRow >= rows) { return; }
  beginOperands();
  beginResult(part);

  // A dispatch may have more invocations than this product needs; they only keep the others company at the barriers.
  let works = lane < ITEMS;
  let ownRow4 = (lane / ITEMS_ACROSS) * ROWS4;
  let ownColumn4 = (lane % ITEMS_ACROSS) * COLUMNS4;

  //! registers
  var at = array<vec4u, LEFT_TURNS>();
  //! registers
  var nextLeft = array<mat4x4f, LEFT_TURNS>();
  //! registers
  var nextRight = array<mat4x4f, RIGHT_TURNS>();
  //! registers
  var sum = array<vec4f, ROWS * COLUMNS4>();
  //! registers
  var a = array<vec4f, ROWS4>();
  //! registers
  var b = array<vec4f, COLUMNS4>();
  //! unroll
  for (var t = 0u; t < LEFT_TURNS; t++) {
    at[t] = leftAt(leftRow4(lane + t * ITEMS, firstRow, rows), rows);
    nextLeft[t] = readLeft(lane + t * ITEMS, at[t], first4, end4, firstRow, rows);
  }
  //! unroll
  for (var t = 0u; t < RIGHT_TURNS; t++) {
    nextRight[t] = readRight(lane + t * ITEMS, first4, end4, firstColumn4);
  }
  var half = 0u;
  for (var k4 = first4; k4 < end4; k4 += DEPTH4) {
    if (works) {
      //! unroll
      for (var t = 0u; t < LEFT_TURNS; t++) {
        keepLeft(lane + t * ITEMS, half, nextLeft[t]);
      }
      //! unroll
      for (var t = 0u; t < RIGHT_TURNS; t++) {
        keepRight(lane + t * ITEMS, half, nextRight[t]);
      }
    }
    workgroupBarrier();
    if (works) {
      //! unroll
      for (var t = 0u; t < LEFT_TURNS; t++) {
        nextLeft[t] = readLeft(lane + t * ITEMS, at[t], k4 + DEPTH4, end4, firstRow, rows);
      }
      //! unroll
      for (var t = 0u; t < RIGHT_TURNS; t++) {
        nextRight[t] = readRight(lane + t * ITEMS, k4 + DEPTH4, end4, firstColumn4);
      }
      for (var k = half * DEPTH; k < (half + 1u) * DEPTH; k++) {
        //! unroll
        for (var i = 0u; i < ROWS4; i++) {
          a[i] = shared4[k * LEFT_STRIDE + ownRow4 + i];
        }
        //! unroll
        for (var j = 0u; j < COLUMNS4; j++) {
          b[j] = shared4[RIGHT_AT + k * RIGHT_STRIDE + ownColumn4 + j];
        }
        //! unroll
        for (var i = 0u; i < ROWS4; i++) {
          //! unroll
          for (var q = 0u; q < 4u; q++) {
            //! unroll
            for (var j = 0u; j < COLUMNS4; j++) {
              sum[(4 * i + q) * COLUMNS4 + j] += a[i][q] * b[j];
            }
          }
        }
      }
    }
    half = 1u - half;
  }
  if (!works) { return; }

  // Once per sum: as a loop, which keeps the expanded text short.
  var tileSums = array<vec4f, ROWS * COLUMNS4>();
  //! unroll
  for (var i = 0u; i < ROWS * COLUMNS4; i++) {
    tileSums[i] = sum[i];
  }
  for (var i = 0u; i < ROWS; i++) {
    for (var j = 0u; j < COLUMNS4; j++) {
      let row = firstRow + 4u * ownRow4 + i;
      let column4 = firstColumn4 + ownColumn4 + j;
      if (row < rows && column4 < COLUMNS_OF_C4) { storeResult(row, column4, tileSums[i * COLUMNS4 + j]); }
    }
  }
  endResult(workgroup * ITEMS + lane);
}

// The four rows of C that a block of A belongs to. Rows past the last repeat it and are not stored.
fn leftRow4(block: u32, firstRow: u32, rows: u32) -> u32 {
  return min(firstRow / 4u + block % TILE_ROWS4, (rows - 1u) / 4u);
}

fn readLeft(block: u32, at: vec4u, slice4: u32, end4: u32, firstRow: u32, rows: u32) -> mat4x4f {
  let k4 = slice4 + block / TILE_ROWS4;
  if (block >= LEFT_BLOCKS || k4 >= end4) { return mat4x4f(); }
  return leftBlock(at, leftRow4(block, firstRow, rows), k4, rows);
}

fn readRight(block: u32, slice4: u32, end4: u32, firstColumn4: u32) -> mat4x4f {
  let k4 = slice4 + block / TILE_COLUMNS4;
  if (block >= RIGHT_BLOCKS || k4 >= end4) { return mat4x4f(); }
  return rightBlock(k4, min(firstColumn4 + block % TILE_COLUMNS4, COLUMNS_OF_C4 - 1u));
}

fn keepLeft(block: u32, half: u32, vectors: mat4x4f) {
  if (block >= LEFT_BLOCKS) { return; }
  let to = (half * DEPTH + 4u * (block / TILE_ROWS4)) * LEFT_STRIDE + block % TILE_ROWS4;
  for (var q = 0u; q < 4u; q++) { shared4[to + q * LEFT_STRIDE] = vectors[q]; }
}

fn keepRight(block: u32, half: u32, vectors: mat4x4f) {
  if (block >= RIGHT_BLOCKS) { return; }
  let to = RIGHT_AT + (half * DEPTH + 4u * (block / TILE_COLUMNS4)) * RIGHT_STRIDE + block % TILE_COLUMNS4;
  for (var q = 0u; q < 4u; q++) { shared4[to + q * RIGHT_STRIDE] = vectors[q]; }
}
