export function getServerSideProps() {
  return { props: {} };
}

export default function Item() {
  return <p>public</p>;
}
