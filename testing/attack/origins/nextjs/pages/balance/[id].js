import { ran } from "@/lib/ran";

export function getServerSideProps({ req }) {
  ran(req.headers["x-attack"], "balance");
  return { props: {} };
}

export default function Balance() {
  return <p>guarded</p>;
}
