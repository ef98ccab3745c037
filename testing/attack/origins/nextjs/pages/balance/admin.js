import { ran } from "@/lib/ran";

export function getServerSideProps({ req }) {
  ran(req.headers["x-attack"], "balance-admin");
  return { props: {} };
}

export default function Admin() {
  return <p>guarded</p>;
}
