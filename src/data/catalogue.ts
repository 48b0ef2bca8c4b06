/**
 * The public datasets Backlit can fetch by name: where they lie, how they are verified, whose they are. The sums are
 * those of the files as their publishers released them, so a mirror needs no trust.
 */
import { DataError } from "../core/errors.ts";
import type { DataFileRole } from "./dataset-files.ts";

export interface CatalogueFile {
  name: string;
  /** Size of the file as published (gzipped), where known. */
  bytes?: number;
  /** SHA-256 of the file as published (gzipped). */
  sha256: string;
}

export interface Mirror {
  /** Folder of the files, ending in a slash. */
  url: string;
  /** Whether it is known to answer with CORS headers, without which no page may read from it. */
  cors: boolean;
}

export interface CatalogueEntry {
  name: string;
  title: string;
  description: string;
  classes: readonly string[];
  files: Record<DataFileRole, CatalogueFile>;
  /** Tried in this order. */
  mirrors: readonly Mirror[];
  /** `datasetHash` of the right rows, where known: verifies copies in any container. */
  datasetSha256?: string;
  licence: string;
  licenceUrl: string;
  /** Whose work it is. */
  authors: string;
  citation: string;
  homepage: string;
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;

/** The four names all these sets share, with their sums in the order train images, train labels, test images, labels. */
function originalFiles(sums: readonly [string, string, string, string], sizes: readonly number[] = []) {
  const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
  const file = (i: number): CatalogueFile => ({
    name: `${names[i]}-ubyte.gz`,
    bytes: sizes[i],
    sha256: sums[i],
  });
  return { trainImages: file(0), trainLabels: file(1), testImages: file(2), testLabels: file(3) };
}

export const CATALOGUE: Catalogue = {
  mnist: {
    name: "mnist",
    title: "MNIST",
    description: "handwritten digits, 60,000 + 10,000 images of 28 x 28",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    files: originalFiles(
      [
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      ],
      [9912422, 28881, 1648877, 4542],
    ),
    datasetSha256: "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a",
    mirrors: [
      { url: "https://storage.googleapis.com/cvdf-datasets/mnist/", cors: false },
      { url: "https://ossci-datasets.s3.amazonaws.com/mnist/", cors: false },
      { url: "https://cdn.jsdelivr.net/gh/fgnt/mnist@ae608a02b796c9ee908c082585a5f006fe05258e/", cors: true },
    ],
    licence: "CC BY-SA 3.0",
    licenceUrl: "https://creativecommons.org/licenses/by-sa/3.0/",
    authors: "Yann LeCun and Corinna Cortes",
    citation:
      "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. " +
      "Proceedings of the IEEE 86(11), 2278-2324, 1998.",
    homepage: "http://yann.lecun.com/exdb/mnist/",
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    description: "photographs of clothing, 60,000 + 10,000 images of 28 x 28",
    classes: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    files: originalFiles(
      [
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      ],
      [26421880, 29515, 4422102, 5148],
    ),
    datasetSha256: "14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214",
    mirrors: [
      { url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/", cors: false },
      {
        url: "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        cors: true,
      },
    ],
    licence: "MIT",
    licenceUrl: "https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE",
    authors: "Zalando SE",
    citation:
      "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning " +
      "algorithms. arXiv:1708.07747, 2017.",
    homepage: "https://github.com/zalandoresearch/fashion-mnist",
  },
  kmnist: {
    name: "kmnist",
    title: "KMNIST",
    description: "cursive Japanese characters (Kuzushiji), 60,000 + 10,000 images of 28 x 28",
    classes: ["お o", "き ki", "す su", "つ tsu", "な na", "は ha", "ま ma", "や ya", "れ re", "を wo"],
    files: originalFiles([
      "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
      "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
      "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
      "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ]),
    mirrors: [
      { url: "https://codh.rois.ac.jp/kmnist/dataset/kmnist/", cors: false },
      { url: "http://codh.rois.ac.jp/kmnist/dataset/kmnist/", cors: false },
    ],
    licence: "CC BY-SA 4.0",
    licenceUrl: "https://creativecommons.org/licenses/by-sa/4.0/",
    authors:
      "ROIS-DS Center for Open Data in the Humanities (CODH), adapted from the Kuzushiji Dataset of NIJL and others",
    citation:
      "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha: Deep learning for classical Japanese " +
      "literature. arXiv:1812.01718, 2018.",
    homepage: "https://github.com/rois-codh/kmnist",
  },
};

/** What every set of the catalogue holds, and what is drawn of synthetic digits: known before anything is loaded. */
export const USUAL_SHAPE = { height: 28, width: 28, classes: 10, train: 60_000, test: 10_000 } as const;

/** Bytes of its four files as they are downloaded; undefined where not all of them are known. */
export function downloadBytes({ files }: Pick<CatalogueEntry, "files">): number | undefined {
  return Object.values(files).reduce<number | undefined>(
    (sum, { bytes }) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    0,
  );
}

/** Why a web page cannot read from a mirror; undefined when it can. */
export function browserObstacle(mirror: Mirror): string | undefined {
  if (!mirror.url.startsWith("https:")) return "plain HTTP, which a page served over https may not read";
  if (!mirror.cors) return "not known to send the CORS headers that a page needs";
  return undefined;
}

/** @throws DataError `data/unknown` for a name that is not in the catalogue */
export function catalogueEntry(name: string, catalogue: Catalogue = CATALOGUE): CatalogueEntry {
  if (Object.hasOwn(catalogue, name)) return catalogue[name];
  throw new DataError("data/unknown", `there is no dataset called "${name}"`, {
    hint: `The catalogue has ${Object.keys(catalogue).join(", ")}.`,
  });
}
